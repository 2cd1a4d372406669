import type { Need } from '../harness/needs.ts';

/** A guard taken out of the sources, and the test that must notice. */
export interface Mutation {
  /** The source file, from the root. */
  readonly file: string;
  /** The text of the guard: it stands there once. */
  readonly guard: string;
  /** What stands there without it. */
  readonly instead: string;
  /** What the guard is for, for people. */
  readonly keeps: string;
  /** The test that goes red: its file, words of its title, and what it then says. */
  readonly noticedBy: {
    readonly file: string;
    readonly title: string;
    readonly saying: RegExp;
    /** Whether it is a test of the long tier only. */
    readonly isLong?: boolean;
  };
  /** What the test needs of the machine. */
  readonly needs?: readonly Need[];
  /** Whether it is tried in the short tier, too. */
  readonly isQuick?: boolean;
}

/** By name. Each takes one guard out; `mutations.test.ts` shows that its test can fail. */
export const mutations: Readonly<Record<string, Mutation>> = {
  full: {
    file: 'packages/store/src/connection.ts',
    guard: "pragma('synchronous = FULL')",
    instead: "pragma('synchronous = NORMAL')",
    keeps: 'What was acknowledged survives a power cut.',
    noticedBy: {
      file: 'test/faults/power-cut.test.ts',
      title: 'F3: the power is cut',
      saying: /lost: \[ \S/,
    },
    needs: ['linux', 'root', 'loop', 'ext4', 'xfs'],
  },
  offset: {
    file: 'packages/store/src/write/events.ts',
    guard: 'journal_offset: journalOffset ?? journal_offset',
    instead: 'journal_offset',
    keeps:
      'A journal that is read again after a crash gives no event twice: its offset is in the transaction.',
    noticedBy: { file: 'test/faults/sigkill.test.ts', title: 'F1', saying: /the lines of an agent/ },
  },
  drain: {
    file: 'packages/rest-api/src/http/event-stream/pump.ts',
    guard: "if (text !== '' && !this.sink.write(text)) {",
    instead: "if (text !== '' && !this.sink.write(text) && false) {",
    keeps: 'A reader who does not read costs a cursor: nothing is written until what was written has left.',
    noticedBy: {
      file: 'packages/rest-api/src/http/event-stream/pump.test.ts',
      title: 'reads on only when the caller has taken what was written',
      saying: /expected/,
    },
    isQuick: true,
  },
  ring: {
    file: 'packages/core/src/stream/hub.ts',
    guard: 'if (this.bytes > limit) this.dropUntil(limit / 2);',
    instead: '',
    keeps: 'The memory of a live session is bounded, however much its agent says.',
    noticedBy: {
      file: 'packages/core/src/stream/hub.test.ts',
      title: 'keeps no more of a session than its bound',
      saying: /expected 1000 to be less than or equal to 100/,
    },
    isQuick: true,
  },
  epoch: {
    file: 'packages/store/src/backup/database.ts',
    guard: "const epoch = randomBytes(5).toString('hex');",
    instead: 'const { epoch } = stateOf(database);',
    keeps: 'Whoever read what a restored backup does not have is told so: its ids are of another epoch.',
    noticedBy: {
      file: 'packages/store/src/backup/backup.test.ts',
      title: 'brings everything back, under another epoch',
      saying: /not to be/,
    },
  },
  reserve: {
    file: 'packages/store/src/write/group-commit.ts',
    guard: 'mustBeWritten && this.reserve.giveUp()',
    instead: 'mustBeWritten && false',
    keeps: 'A full disk still takes what ends sessions and frees space.',
    noticedBy: { file: 'test/faults/disk-full.test.ts', title: 'F4', saying: /./ },
  },
  chain: {
    file: 'packages/store/src/integrity/verify.ts',
    guard: 'chainAfter(joined, before) === after',
    instead: 'true',
    keeps: 'An event is served as it was written, or not at all.',
    noticedBy: {
      file: 'test/faults/disk-damage.test.ts',
      title: 'F6: another byte in an event',
      saying: /to be 'data-damaged'/,
    },
    needs: ['linux'],
  },
  scan: {
    file: 'packages/store/src/integrity/check-file.ts',
    guard: 'wal.dropped > 0 && !dropDamagedCommits',
    instead: 'false',
    keeps: 'Commits behind a damaged frame of the write-ahead log are not dropped without a word.',
    noticedBy: {
      file: 'test/faults/disk-damage.test.ts',
      title: 'F6: another byte in an event',
      saying: /instead of rejecting/,
    },
    needs: ['linux'],
  },
  'drain, over the network': {
    file: 'packages/rest-api/src/http/event-stream/pump.ts',
    guard: "if (text !== '' && !this.sink.write(text)) {",
    instead: "if (text !== '' && !this.sink.write(text) && false) {",
    keeps: 'A subscriber that does not read is cut, and what is kept for it is bounded.',
    noticedBy: { file: 'test/faults/stream-crowd.test.ts', title: 'F17', saying: /to be 20|to be 100/ },
    needs: ['linux'],
  },
  'ring, over the network': {
    file: 'packages/core/src/stream/hub.ts',
    guard: 'if (this.bytes > limit) this.dropUntil(limit / 2);',
    instead: '',
    keeps: 'The memory of a live session is bounded while subscribers stall.',
    noticedBy: { file: 'test/faults/stream-crowd.test.ts', title: 'F17', saying: /to be less than 2621440/ },
    needs: ['linux'],
  },
  floor: {
    file: 'packages/core/src/stream/hub.ts',
    guard: 'if (number < this.floor || this.latest === 0) return undefined;',
    instead: '',
    keeps: 'Who fell behind the ring reads the store, and misses nothing.',
    noticedBy: {
      file: 'test/faults/stream-crowd.test.ts',
      title: 'F17',
      // By the verdict, or before it by those who wait for an event that never comes.
      saying: /lost|have not seen/,
    },
    needs: ['linux'],
  },
  pages: {
    file: 'packages/core/src/stream/shared-reads.ts',
    guard: 'if (known !== undefined) return known;\n      const page',
    instead: 'const page',
    keeps: 'Thousands who come back at once read history once.',
    noticedBy: { file: 'test/faults/stream-crowd.test.ts', title: 'F19', saying: /to be less than/ },
    needs: ['linux'],
  },
  wake: {
    file: 'packages/rest-api/src/http/event-stream/pump.ts',
    guard: 'this.unwatch = this.reader.watch(this.wake);',
    instead: '',
    keeps: 'Whoever is at the end of a log is woken by what comes.',
    noticedBy: { file: 'test/faults/stream-crowd.test.ts', title: 'F16', saying: /have not seen/ },
    needs: ['linux'],
  },
  unknown: {
    file: 'packages/store/src/write/group-commit.ts',
    guard: 'if (committing && !isFull) return failed(unknownOutcome(problem));',
    instead:
      'if (committing && !isFull) return queue.slice(0, commits).map((waiting) => ({ waiting, events: [] }));',
    keeps: 'Nothing is acknowledged whose fsync failed.',
    noticedBy: { file: 'test/faults/disk-errors.test.ts', title: 'F5: EIO at fsyncs', saying: /./ },
    needs: ['linux', 'strace'],
  },
  busy: {
    file: 'packages/store/src/write/group-commit.ts',
    guard: 'performance.now() - this.busySince < busyDeadlineMs',
    instead: 'false',
    keeps: 'A commit waits for a program that holds the database for a moment.',
    noticedBy: { file: 'test/faults/disk-busy.test.ts', title: 'F7', saying: /to be greater than 1800/ },
  },
  bytes: {
    file: 'packages/rest-api/src/express/sink.ts',
    guard: 'chunk.write(text, head.length);',
    instead: "chunk.write(text, head.length, 'latin1');",
    keeps: 'Text reaches every reader as it was, whatever is in it.',
    noticedBy: { file: 'test/faults/stream-text.test.ts', title: 'F21', saying: /./ },
  },
  resync: {
    file: 'packages/core/src/stream/open-reader.ts',
    guard: 'place.epoch !== store.epoch',
    instead: 'store.epoch.length === 0',
    keeps: 'A place in the log of another epoch is no place in this one.',
    noticedBy: { file: 'test/faults/stream-place.test.ts', title: 'F20', saying: /foreign-epoch/ },
  },
  rotation: {
    file: 'packages/rest-api/src/http/event-stream/pump.ts',
    guard: "else if (how === 'rotated') this.sink.leave();",
    instead: '',
    keeps: 'The connection of a reader that nobody can see is given up with its stream.',
    noticedBy: { file: 'test/faults/stream-half-open.test.ts', title: 'quiet stream', saying: /./ },
    needs: ['linux', 'root', 'netns', 'iptables'],
  },
  'offset, over an upgrade': {
    file: 'packages/store/src/write/events.ts',
    guard: 'journal_offset: journalOffset ?? journal_offset',
    instead: 'journal_offset',
    keeps: 'A server that follows the recorders of another one tells nothing twice.',
    noticedBy: { file: 'test/faults/recorder-upgrade.test.ts', title: 'a server is replaced', saying: /./ },
    needs: ['linux'],
  },
  'unknown, at each fsync': {
    file: 'packages/store/src/write/group-commit.ts',
    guard: 'if (committing && !isFull) return failed(unknownOutcome(problem));',
    instead:
      'if (committing && !isFull) return queue.slice(0, commits).map((waiting) => ({ waiting, events: [] }));',
    keeps: 'Whichever fsync fails, nothing is acknowledged that it was for.',
    noticedBy: { file: 'test/faults/every-write.test.ts', title: 'EIO at the Nth fsync', saying: /./ },
    needs: ['linux', 'strace'],
  },
  steady: {
    file: 'packages/core/src/clock.ts',
    guard: 'clock.elapsed?.() ?? clock.now()',
    instead: 'clock.now()',
    keeps: 'How long something lasts is measured by a clock that nobody sets.',
    noticedBy: { file: 'test/faults/clock.test.ts', title: 'F8', saying: /./ },
    needs: ['linux', 'faketime'],
  },
  orphans: {
    file: 'packages/executor/src/recorder/session-control.ts',
    guard: 'await this.endTree();\n    await this.tree.dispose();',
    instead: 'await this.tree.dispose();',
    keeps: 'What a recorder that was killed left running is ended.',
    noticedBy: {
      file: 'test/faults/recorder-killed.test.ts',
      title: 'are killed in every order',
      saying: /./,
    },
    needs: ['linux'],
  },
  again: {
    file: 'packages/executor/src/journal/writer.ts',
    guard: 'this.durable + done,',
    instead: 'null,',
    keeps: 'A recorder whose disk refused writes again, at the same place.',
    noticedBy: {
      file: 'test/faults/recorder-disk.test.ts',
      title: 'writes and syncs of a journal fail',
      saying: /./,
      isLong: true,
    },
    needs: ['linux'],
  },
  room: {
    file: 'packages/executor/src/agents/protocol/agent-process.ts',
    guard: 'lines.push(chunk.subarray(start, start + portionBytes));\n          await room();',
    instead: 'lines.push(chunk.subarray(start, start + portionBytes));',
    keeps: 'An agent that floods waits for the disk of its recorder.',
    noticedBy: { file: 'test/faults/recorder-flood.test.ts', title: 'F11', saying: /./, isLong: true },
    needs: ['linux'],
  },
  pruned: {
    file: 'packages/core/src/event/event-log.ts',
    guard: 'bounds === null || after >= bounds.pruned',
    instead: 'bounds === null || after >= 0',
    keeps: 'A page of history does not pass over in silence what was dropped.',
    noticedBy: { file: 'test/faults/retention.test.ts', title: 'retention drops', saying: /./, isLong: true },
    needs: ['linux'],
  },
  'epoch, over the network': {
    file: 'packages/store/src/backup/database.ts',
    guard: "const epoch = randomBytes(5).toString('hex');",
    instead: 'const { epoch } = stateOf(database);',
    keeps: 'A reader of what a backup lacks is told so by the server that was restored.',
    noticedBy: {
      file: 'test/faults/backup.test.ts',
      title: 'brought back elsewhere',
      saying: /./,
      isLong: true,
    },
    needs: ['linux'],
  },
  farewell: {
    file: 'packages/rest-api/src/express/listen.ts',
    guard: 'await api.stop();\n  await closed;',
    instead: 'await closed;',
    keeps: 'A server that is asked to end ends its streams, and so itself, in time.',
    noticedBy: { file: 'test/faults/shutdown.test.ts', title: 'F26', saying: /./ },
  },
  inside: {
    file: 'packages/executor/src/workspace/resolve-inside.ts',
    guard: 'path.startsWith(root + sep) &&\n',
    instead: '',
    keeps: 'No route answers with a file outside of the workspace it was asked about.',
    noticedBy: { file: 'test/faults/hostile-paths.test.ts', title: 'A4', saying: /to be false/ },
  },
  where: {
    file: 'packages/executor/src/workspace/resolve-inside.ts',
    guard: ' || !(await isWhere(handle, stats, realRoot, real))',
    instead: '',
    keeps: 'What is read is where it was looked for, also while directories are exchanged for links.',
    noticedBy: {
      file: 'packages/executor/src/workspace/resolve-inside.test.ts',
      title: 'never reads outside while links are exchanged',
      saying: /read outside/,
    },
    needs: ['linux'],
    isQuick: true,
  },
  staged: {
    file: 'packages/executor/src/workspace/exact-file.ts',
    guard: 'if (place?.equals(path)) return handle;',
    instead: 'if (place !== undefined) return handle;',
    keeps: 'A diff shows no file outside, also while directories are exchanged for links.',
    noticedBy: {
      file: 'packages/executor/src/workspace/exact-file.test.ts',
      title: 'no look shows a file outside',
      saying: /not to contain/,
    },
    needs: ['linux'],
  },
  facts: {
    file: 'packages/executor/src/workspace/stat-inside.ts',
    guard: 'if (real === root || real.startsWith(root + sep)) await work(place);',
    instead: 'await work(place);',
    keeps: 'No size or time of a file outside is told, also while directories are exchanged for links.',
    noticedBy: {
      file: 'packages/executor/src/workspace/workspace-look.test.ts',
      title: 'no file outside is read',
      saying: /to be 15/,
    },
    needs: ['linux'],
  },
  lane: {
    file: 'packages/core/src/webhook/courier.ts',
    guard: 'if (this.underWay.has(lane.sessionId) || this.resting.has(lane.sessionId)) continue;',
    instead: 'if (this.resting.has(lane.sessionId)) continue;',
    keeps: 'Of one session a webhook is sent one message at a time, so that each comes after the one before.',
    noticedBy: {
      file: 'test/faults/webhook-receivers.test.ts',
      title: 'F27',
      saying: /to have a length of/,
    },
  },
  letters: {
    file: 'packages/core/src/webhook/retry.ts',
    guard: 'attempt >= retry.attempts || ',
    instead: '',
    keeps: 'A message that nobody takes is given up at last, and the next one is sent.',
    noticedBy: {
      file: 'packages/core/src/webhook/webhooks.test.ts',
      title: 'a message is tried again when the schedule says so',
      saying: /dead/,
    },
    isQuick: true,
  },
  argv: {
    file: 'packages/executor/src/workspace/source.ts',
    guard: 'operand, call, key: keyOf(name)',
    instead: 'operand: name, call, key: keyOf(name)',
    keeps: 'No user of a url, which may be a token, stands in the argv of a program.',
    noticedBy: { file: 'test/faults/secrets.test.ts', title: 'A22', saying: /token/ },
    needs: ['linux'],
  },
};
