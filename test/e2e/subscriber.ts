import { connect } from '@agent-harbor/rest-client/node';

// The program under test: it follows a session with the SDK and prints every event it is given, a line each. It knows
// nothing of what happens to the connection or the server.
const [base, apiKey, sessionId] = process.argv.slice(2);
if (base === undefined || apiKey === undefined || sessionId === undefined) {
  throw new Error('Usage: subscriber.ts <base> <key> <session>');
}

// Short waits, as there are hundreds of them.
const client = connect({ base, apiKey, backoff: { baseMs: 60, maxMs: 400 } });
for await (const { id, event } of client.tasks.subscribe(sessionId)) {
  process.stdout.write(`${JSON.stringify({ id, event })}\n`);
}
await client.close();
