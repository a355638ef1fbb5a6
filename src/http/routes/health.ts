import { createFixedAnswer } from '../context.js';
import type { Handler } from '../router.js';

/** Answers that a request succeeded and there is nothing to tell. */
export const answerOk: Handler = createFixedAnswer(200, '{"ok":true}');

/** Says that the process answers. It depends on nothing else, so there is nothing else to say. */
export const handleHealth: Handler = answerOk;
