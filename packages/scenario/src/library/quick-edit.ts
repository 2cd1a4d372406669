import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, says, thinks, waits, writes } from './phrases.ts';

export const quickEdit: ScenarioSource = {
  name: 'quick-edit',
  description: 'Two new files within a second, in any repository.',
  tags: ['short'],
  timeline: [
    asked('Write down what you did'),
    thinks(100, 'I make two small files and leave everything else as it is.'),
    writes('notes/hello.md', '# Hello\n\nAn agent was here and wrote this file.\n', 'Say hello'),
    waits(100),
    {
      agentToolUse: {
        toolName: 'writeFile',
        args: {
          path: 'notes/checklist.md',
          content: '- [x] read the task\n- [x] write two files\n- [x] say so\n',
        },
        progress: [[100, 'Writing notes/checklist.md']],
      },
    },
    says(100, 'Done: notes/hello.md and notes/checklist.md are new.'),
    done,
  ],
};
