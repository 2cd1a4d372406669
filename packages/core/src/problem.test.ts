import { problems } from '@agent-harbor/api-contract/problem';
import { describe, expect, it } from 'vitest';
import { documentDetail, Problem, problemFrom } from './problem.ts';

describe('a problem as a document', () => {
  it.each(Object.keys(problems) as (keyof typeof problems)[])(
    'tells the remedy of %s and is read back without',
    (code) => {
      for (const detail of ['What happened.', undefined]) {
        const problem = new Problem(code, detail === undefined ? {} : { detail });
        const text = documentDetail(problem);
        expect(text).toContain(problem.remedy);
        const read = problemFrom({ code, status: problem.status, title: problem.title, detail: text });
        expect(documentDetail(read)).toBe(text);
        expect(read.code).toBe(code);
      }
    },
  );

  it('keeps the text of a code it does not know', () => {
    const read = problemFrom({ code: 'brand-new', status: 418, title: 'New', detail: 'Never seen.' });
    expect([read.code, read.detail]).toEqual(['internal', 'brand-new: Never seen.']);
  });
});
