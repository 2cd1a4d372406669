export {
  type CountedExecutor,
  createProcessExecutor,
  type ProcessExecutorOptions,
} from './process-executor.ts';
