export { gitDirectories } from './git-directories.ts';
export {
  type CountedExecutor,
  createProcessExecutor,
  type ProcessExecutorOptions,
} from './process-executor.ts';
