/** Two new files within a second, in any repository. */
export const quickEdit = `
name: quick-edit
tags: [short]
timeline:
  - userInputs:
      - relativeTime: 0
        input: Write down what you did
  - llmResponse:
      - think:
          - [100, I make two small files and leave everything else as it is.]
  - agentEdits:
      path: notes/hello.md
      contents: |
        # Hello

        An agent was here and wrote this file.
      description: Say hello
  - baseTimeDelta: 100
  - agentToolUse:
      toolName: writeFile
      args:
        path: notes/checklist.md
        content: |
          - [x] read the task
          - [x] write two files
          - [x] say so
      progress:
        - [100, Writing notes/checklist.md]
  - llmResponse:
      - assistant:
          - [100, 'Done: notes/hello.md and notes/checklist.md are new.']
  - complete: true
`;
