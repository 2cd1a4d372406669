import { paint, type Text } from '../terminal/text.ts';
import type { Summary } from './summary.ts';

/** A summary for people: a line each, without what is not known. */
export const describe = (summary: Summary, nowMs: number): readonly Text[] => {
  const { places, events, commits, eventLoopDelaySeconds: loop, database, disk, subscribers } = summary;
  const lines: readonly (readonly [name: string, parts: readonly (string | Text | undefined)[]])[] = [
    ['running for', [known(summary.uptimeSeconds, span)]],
    [
      'sessions',
      Object.entries(summary.sessions).map(([status, count]) =>
        count > 0 ? `${count} ${status}` : undefined,
      ),
    ],
    [
      'places',
      [
        places.taken === undefined ? undefined : `${places.taken} of ${places.limit} taken`,
        known(places.waiting, (count) => `${count} waiting`),
      ],
    ],
    ['approvals', [known(summary.approvalsWaiting, (count) => `${count} waiting`)]],
    [
      'subscribers',
      [
        known(subscribers.open, String),
        ...Object.entries(subscribers).map(([place, count]) =>
          place !== 'open' && count !== undefined && count > 0 ? `${count} on the ${place}` : undefined,
        ),
      ],
    ],
    [
      'events',
      [
        known(events.appended, (count) => `${count} appended`),
        known(events.commitLagSeconds, (lag) => `99 % in the log within ${seconds(lag)}`),
        known(events.deliveryLagSeconds, (lag) => `at subscribers within ${seconds(lag)}`),
      ],
    ],
    [
      'commits',
      [
        known(commits.perTransaction, (count) => `${count.toFixed(1)} per transaction`),
        known(commits.transactionSeconds, (time) => `99 % within ${seconds(time)}`),
        known(commits.fsyncSeconds, (time) => `fsync within ${seconds(time)}`),
      ],
    ],
    [
      'event loop',
      [
        known(loop.p99, (delay) => `99 % within ${seconds(delay)}`),
        known(loop.longest, (delay) =>
          paint(delay > 0.25 ? 'yellow' : undefined, `longest ${seconds(delay)}`),
        ),
      ],
    ],
    [
      'database',
      [known(database.bytes, bytes), known(database.walBytes, (size) => `${bytes(size)} write-ahead log`)],
    ],
    [
      'recorders',
      [
        known(summary.recorders, String),
        known(summary.journalBacklogBytes, (size) => `${bytes(size)} not in the store yet`),
      ],
    ],
    [
      'disk',
      [
        known(disk.freeBytes, (size) => `${bytes(size)} free`),
        known(disk.reserveBytes, (size) => `${bytes(size)} kept back`),
        disk.isFull === true ? paint('red', 'full') : undefined,
        disk.isFailing === true ? paint('red', 'refuses writes') : undefined,
      ],
    ],
    [
      'last backup',
      [
        known(summary.lastBackupAt, (at) => `${at} (${span((nowMs - Date.parse(at)) / 1000)} ago)`) ??
          'none known',
      ],
    ],
  ];
  return lines.flatMap(([name, parts]): Text[] => {
    const told = parts.filter((part) => part !== undefined);
    if (told.length === 0) return [];
    return [
      [
        '  ',
        paint('dim', name.padEnd(13)),
        ...told.flatMap((part, index) => (index === 0 ? [part] : [', ', part])),
      ],
    ];
  });
};

const known = <Value, Told>(value: Value | undefined, tell: (value: Value) => Told): Told | undefined =>
  value === undefined ? undefined : tell(value);

const seconds = (value: number): string =>
  value < 1 ? `${(value * 1000).toPrecision(value < 0.0995 ? 2 : 3)} ms` : `${value.toFixed(1)} s`;

const units = ['KiB', 'MiB', 'GiB', 'TiB'];

const bytes = (value: number): string => {
  if (value < 1024) return `${value} B`;
  let rest = value / 1024;
  let unit = 0;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}`;
};

const span = (value: number): string => {
  const whole = Math.max(0, Math.round(value));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
};
