import type { VisitorAnswer, VisitorsAnswer } from '../../protocol/messages.js';
import { request, serviceUrl } from './service.js';

const MAX_UIDS = 100;
/** Node refuses request heads above 16 KiB, proxies often above 8 KiB; one encoded uid may take more than 2 KiB. */
const MAX_CHARACTERS = 6000;

/** Fetches the details of these visitors, in as few requests as the service's limits allow. */
export async function fetchDetails(uids: readonly string[]): Promise<VisitorAnswer[]> {
  const base = serviceUrl('/v1/visitors');
  const prefix = `${base}${base.includes('?') ? '&' : '?'}`;
  const answers = await Promise.all(
    batches(uids).map(async (batch) => {
      // The service splits a single list at commas, and some platforms decode %2C on the way; a repeated one is not split.
      const parameters = batch.length === 1 && batch[0]!.includes('%2C') ? [...batch, ...batch] : batch;
      const { visitors } = await request<VisitorsAnswer>(prefix + parameters.join('&'));
      return visitors.slice(0, batch.length);
    }),
  );
  return answers.flat();
}

/** Makes a `uids` parameter of each uid, and groups them for one request each. */
function batches(uids: readonly string[]): string[][] {
  const batches: string[][] = [];
  let characters = 0;
  for (const uid of uids) {
    const parameter = `uids=${encodeURIComponent(uid)}`;
    const batch = batches.at(-1);
    characters += parameter.length + 1;
    if (batch && batch.length < MAX_UIDS && characters <= MAX_CHARACTERS) {
      batch.push(parameter);
    } else {
      batches.push([parameter]);
      characters = parameter.length;
    }
  }
  return batches;
}
