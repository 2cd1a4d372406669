import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Apart from the other tests: it needs over a gigabyte of programs, which `npm run e2e:agents` installs.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  ssr: { resolve: { conditions: ['@agent-harbor/source', 'node'] } },
  test: {
    include: ['**/*.e2e.ts'],
    // Agents of a gigabyte start slowly, and two cores are shared.
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    env: {
      // What a developer has signed in to is none of these programs' business.
      // A folder that is not there holds nothing.
      HOME: fileURLToPath(new URL('../../.logs/agents-home', import.meta.url)),
      ANTHROPIC_API_KEY: 'any',
      OPENAI_API_KEY: 'any',
      GEMINI_API_KEY: 'any',
    },
  },
});
