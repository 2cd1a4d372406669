// Loaded before every Node server that is measured (`--import`): it answers what can only be asked from inside. It does
// nothing until it is asked, and does not keep the process alive.
process.on('message', (wish) => {
  if (wish !== 'usage' && wish !== 'collect') return;
  if (wish === 'collect') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() / 1024 / 1024 });
});
process.channel?.unref();
