/** An agent that gives up: it says why and exits with code 3. */
export const failing = `
name: failing
tags: [failure]
timeline:
  - userInputs:
      - relativeTime: 0
        input: Do something that cannot work
  - llmResponse:
      - think:
          - [100, I try the service first.]
      - error:
          errorType: rate_limit_exceeded
          statusCode: 429
          message: Too many requests. Try again later.
          retryAfterSeconds: 60
      - assistant:
          - [100, The service refuses to answer. I cannot go on without it.]
  - agentEdits:
      path: notes/half-done.md
      contents: |
        This file was begun before the agent failed.
  - baseTimeDelta: 100
  - error:
      message: 'fatal: the service refused to answer'
      exitCode: 3
`;
