import { type ProblemCode, problems } from '@agent-harbor/api-contract/problem';
import { escapeHtml, page } from './page.ts';

/** What a problem means and what to do about it: the page its `type` leads to. */
export const problemPage = (code: ProblemCode): string => {
  const { status, title, remedy } = problems[code];
  return page({
    title: `${status} ${code}`,
    head: '<link rel="help" href="/api/docs">',
    body: [
      '<main>',
      `<h1>${escapeHtml(title)}</h1>`,
      `<p><code>${escapeHtml(code)}</code> is sent with status ${status}.</p>`,
      '<h2>What to do</h2>',
      `<p>${escapeHtml(remedy).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`,
      '<p>The whole contract is described under <a href="/api/docs">/api/docs</a>.</p>',
      '</main>',
    ].join('\n'),
  });
};

export const pageHeaders = { 'cache-control': 'public, max-age=3600' };
