import { problems } from '@agent-harbor/api-contract/problem';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem as BareProblem } from './problem/bare.ts';
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

  it('keeps a code it does not know, with the words and the status it came with', () => {
    const document = { code: 'brand-new', status: 503, title: 'New', detail: 'Never seen.' };
    expect(problemFrom(document, 7)).toMatchObject({ ...document, remedy: '', retryAfterSeconds: 7 });
  });
});

describe('a problem without the table', () => {
  const facts = BareProblem.facts;
  beforeEach(() => {
    BareProblem.facts = {};
  });
  afterEach(() => {
    BareProblem.facts = facts;
  });

  it('is of the same class', () => {
    expect(BareProblem).toBe(Problem);
  });

  it('has code and message, and takes the words of the server as they are', () => {
    expect(new Problem('aborted')).toMatchObject({ message: 'aborted: aborted', status: 500, remedy: '' });
    const document = {
      code: 'task-not-found',
      status: 404,
      title: 'No such task',
      detail: 'There is no task T1. Check the id; GET /sessions lists what exists.',
    };
    const read = problemFrom(document);
    expect(read).toMatchObject({ ...document, remedy: '' });
    expect(documentDetail(read)).toBe(document.detail);
  });
});
