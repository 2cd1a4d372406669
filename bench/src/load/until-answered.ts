import { get } from 'node:http';
import type { Program } from '../process/program.ts';

const betweenMs = 3;
const patienceMs = 60_000;

/** Asks a program that starts until the answer is 200. */
export const untilAnswered = async (
  { gone }: Pick<Program, 'gone'>,
  port: number,
  path: string,
): Promise<void> => {
  let end: string | undefined;
  void gone.then((how) => {
    end = how;
  });
  for (const endAt = performance.now() + patienceMs; performance.now() < endAt; ) {
    if ((await statusOf(port, path)) === 200) return;
    if (end !== undefined) throw new Error(`A program that starts: ${end}`);
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
  throw new Error(`${path} was not answered with 200 in ${patienceMs / 1000} s.`);
};

/** The status of the answer; undefined where there is none, also when it does not come within a second. */
const statusOf = (port: number, path: string) =>
  new Promise<number | undefined>((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
