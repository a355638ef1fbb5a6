import { request, ServiceError } from './service.js';

/**
 * Whether the service refuses heartbeats without a token. A leave finds out, as it changes nothing for an unknown visitor;
 * the client reports a refusal only in the console.
 */
export async function refusesHeartbeats(uid: string): Promise<boolean> {
  try {
    await request('/v1/leave', { method: 'POST', body: JSON.stringify({ uid }) });
    return false;
  } catch (error) {
    return error instanceof ServiceError && error.status === 401;
  }
}
