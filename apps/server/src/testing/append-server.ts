import { type ServerSettings, startServer } from '../start.ts';
import { appendRoute } from './append-route.ts';

// The access point with a route to append to a session: `append-server.ts <settings as JSON>`. It says where it is in a
// line of JSON, as `ah agent access-point --json` does, and ends on SIGTERM.
const [text = '{}'] = process.argv.slice(2);
const settings: ServerSettings = JSON.parse(text);
const ended = new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => resolve());
});
const { url, pid, stateDir, keyFile, close } = await startServer(settings, { further: appendRoute });
process.stdout.write(`${JSON.stringify({ url, pid, stateDir, keyFile })}\n`);
await ended;
await close();
