// The smallest possible function.
import { http } from '@google-cloud/functions-framework';

http('hello', (_request, response) => {
  response.status(200).json({ ok: true });
});
