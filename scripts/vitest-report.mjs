// What a run of vitest came to, from its JSON report.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Counts the tests of a report, and tells by name which were skipped. `status` is the exit status of vitest. */
export function countVitest(root, path, status) {
  const report = read(path);
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // A file that dies while loading has no test that could fail; it counts as one failure.
  const dead = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + dead;
  tellSkipped(root, report);
  return {
    passed: report.numPassedTests,
    // Errors outside any test (an unhandled rejection) show in the exit status only.
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** How long each test took that ran, in files whose path from the root begins so. */
export function durationsOf(root, path, begins = '') {
  return (read(path)?.testResults ?? [])
    .map((file) => ({ place: relative(root, file.name), tests: file.assertionResults }))
    .filter(({ place }) => place.startsWith(begins))
    .flatMap(({ place, tests }) =>
      tests.map(({ status, fullName, duration }) => ({
        status,
        name: `${place} > ${fullName}`,
        seconds: (duration ?? 0) / 1000,
      })),
    )
    .filter(({ status }) => status === 'passed' || status === 'failed');
}

/** Undefined when there is no report, or only a part of one. */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What was not run is told by name: why stands in the name, or was printed by the test. */
function tellSkipped(root, { testResults }) {
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed')
        console.log(`skipped: ${relative(root, name)} > ${fullName}`);
    }
  }
}
