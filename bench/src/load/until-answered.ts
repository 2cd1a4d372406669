import { get } from 'node:http';

const betweenMs = 3;
const patienceMs = 60_000;

/** Asks until the answer is 200. */
export const untilAnswered = async (
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> => {
  for (const endAt = performance.now() + patienceMs; performance.now() < endAt; ) {
    if ((await statusOf(port, path, headers)) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
  throw new Error(`${path} was not answered with 200 in ${patienceMs / 1000} s.`);
};

/** The status of the answer; undefined where there is none, also when it does not come within a second. */
const statusOf = (port: number, path: string, headers: Readonly<Record<string, string>>) =>
  new Promise<number | undefined>((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path, headers, agent: false, timeout: 1_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
