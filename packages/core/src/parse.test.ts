import { CreateTask } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from './parse.ts';
import { Problem } from './problem.ts';

const errorsOf = (value: unknown): unknown => {
  try {
    parse(CreateTask, value);
  } catch (error) {
    if (error instanceof Problem) return error.errors;
    throw error;
  }
  return undefined;
};
const task = { prompt: 'p', repo: { mode: 'none' }, agent: { type: 'mock' } };

describe('parse', () => {
  it('takes what the contract takes', () => {
    expect(errorsOf(task)).toBeUndefined();
    expect(errorsOf({ ...task, prompt: [{ type: 'text', text: 'p' }] })).toBeUndefined();
  });

  it('names what is missing, also where there is a choice of shapes', () => {
    expect(errorsOf({ repo: task.repo, agent: {} })).toEqual({
      prompt: ['is required'],
      'agent.type': ['is required'],
    });
  });

  it('names the types of a choice when none fits', () => {
    expect(errorsOf({ ...task, prompt: 7 })).toEqual({ prompt: ['must be string or array'] });
  });

  it('judges the shape that was meant', () => {
    expect(errorsOf({ ...task, prompt: [{ type: 'text', text: 7 }] })).toEqual({
      'prompt.0.text': ['Expected string, received number'],
    });
    expect(errorsOf({ ...task, prompt: '' })).toMatchObject({ prompt: [expect.any(String)] });
    expect(errorsOf({ ...task, agent: { type: 'mock', settings: 1 } })).toMatchObject({
      'agent.settings': ['Expected object, received number'],
    });
  });

  it('names an unknown member by its own path', () => {
    expect(errorsOf({ ...task, repo: { mode: 'none', bramch: 'x' } })).toEqual({
      'repo.bramch': ['is not a member of the contract; check the spelling'],
    });
  });
});
