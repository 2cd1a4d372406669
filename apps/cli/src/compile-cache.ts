import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Long after any command has loaded what it needs, and long before a server is usually killed. */
const flushAfterMs = 3_000;

/**
 * Lets Node keep the compiled form of the programs beside them, where whoever may write could change the programs as
 * well. Where that is nobody, nothing is kept. Without it a start compiles some megabytes of code again.
 */
export const keepCompiledCode = (): void => {
  // Sources have nothing beside them but sources.
  if (import.meta.filename.endsWith('.ts')) return;
  enableCompileCache(fileURLToPath(new URL('./.compiled', import.meta.url)));
  // Node writes the cache when a process ends well, which a server may never do.
  setTimeout(flushCompileCache, flushAfterMs).unref();
};
