import test from 'ava';
import { documents, linkProblem, localLinks, placeOf } from '../support/documents.js';

test('every link from one document to another, to a heading or to a file leads somewhere', (t) => {
  const links = documents.flatMap((document) => localLinks(document).map((target) => ({ document, target })));
  t.true(links.length > 50);
  for (const { document, target } of links) t.is(linkProblem(document, target), undefined);
});

test('a link to a file or a heading that does not exist is found', (t) => {
  const [document] = documents.filter(({ path }) => path === 'README.md');
  t.regex(linkProblem(document!, 'docs/nowhere.md')!, /there is no docs\/nowhere\.md/);
  t.regex(linkProblem(document!, 'docs/security.md#nowhere')!, /no such heading/);
  t.is(linkProblem(document!, 'docs/security.md#signed-visitors-hit_secret'), undefined);
});

test('every code block names its language', (t) => {
  for (const block of documents.flatMap(({ blocks }) => blocks)) t.not(block.language, '', placeOf(block));
});
