// What a run of vitest came to, from its JSON report.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Counts the tests of a report, and tells by name which were skipped. `status` is the exit status of vitest. */
export function countVitest(root, path, status) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
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

/** What was not run is told by name: why stands in the name, or was printed by the test. */
function tellSkipped(root, { testResults }) {
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed')
        console.log(`skipped: ${relative(root, name)} > ${fullName}`);
    }
  }
}
