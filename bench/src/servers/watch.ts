// Loaded before every Node server that is measured (`--import`): it answers what can only be asked from inside. It does
// nothing until it is asked, and does not keep the process alive.
import type { Session } from 'node:inspector/promises';

let profiler: Session | undefined;

const startProfile = async (): Promise<void> => {
  const { Session } = await import('node:inspector/promises');
  profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.start');
  process.send?.('profiling');
};

const endProfile = async (): Promise<void> => {
  const ended = await profiler?.post('Profiler.stop');
  profiler?.disconnect();
  process.send?.({ profile: ended?.profile });
};

process.on('message', (wish) => {
  if (wish === 'profile') return void startProfile();
  if (wish === 'profile-end') return void endProfile();
  if (wish !== 'usage' && wish !== 'collect') return;
  if (wish === 'collect') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() / 1024 / 1024 });
});
process.channel?.unref();
