/** A guard taken out of the sources, and the test that must notice. */
export interface Mutation {
  /** The source file, from the root. */
  readonly file: string;
  /** The text of the guard: it stands there once. */
  readonly guard: string;
  /** What stands there without it. */
  readonly instead: string;
  /** The test that goes red: its file below `test/faults`, and words of its title. */
  readonly noticedBy: { readonly file: string; readonly title: string };
}

/** By name. Each takes one guard out; `mutations.test.ts` shows that its test can fail. */
export const mutations: Readonly<Record<string, Mutation>> = {
  full: {
    file: 'packages/store/src/connection.ts',
    guard: "pragma('synchronous = FULL')",
    instead: "pragma('synchronous = NORMAL')",
    noticedBy: { file: 'power-cut.test.ts', title: 'F3' },
  },
  reserve: {
    file: 'packages/store/src/write/group-commit.ts',
    guard: 'mustBeWritten && this.reserve.giveUp()',
    instead: 'mustBeWritten && false',
    noticedBy: { file: 'disk-full.test.ts', title: 'F4' },
  },
};
