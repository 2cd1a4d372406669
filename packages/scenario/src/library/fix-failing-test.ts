/** The demonstration: finds out why a test fails, mends the code and shows that the tests pass. */
export const fixFailingTest = `
name: fix-failing-test
tags: [demo]
timeline:
  - userInputs:
      - relativeTime: 0
        input: Fix the failing test
  - llmResponse:
      - think:
          - relativeTime: 500
            content: A test fails. Before I change anything I want to see it fail.
  - agentPlan:
      entries:
        - { content: Run the tests, priority: high, status: in_progress }
        - { content: Mend what they show, priority: high, status: pending }
        - { content: Run the tests again, priority: medium, status: pending }
  - agentToolUse:
      toolName: runCmd
      args: { cmd: [node, --test] }
      status: error
      toolExecution:
        startTimeMs: 100
        events:
          - { type: stdout, timeMs: 400, content: ✔ an empty cart costs nothing }
          - { type: stdout, timeMs: 450, content: ✖ every piece of an item is charged }
          - { type: stdout, timeMs: 500, content: ✔ cents are written as people write them }
          - { type: stdout, timeMs: 600, content: ℹ tests 3 }
          - { type: stdout, timeMs: 600, content: ℹ pass 2 }
          - { type: stdout, timeMs: 600, content: ℹ fail 1 }
          - { type: stdout, timeMs: 650, content: '  AssertionError: 370 !== 620' }
          - { type: completion, timeMs: 700, exitCode: 1 }
  - llmResponse:
      - assistant:
          - relativeTime: 600
            content: Two loaves are charged as one. I read how the cart is added up.
  - agentFileReads:
      files:
        - path: src/cart.js
        - path: test/cart.test.js
  - llmResponse:
      - think:
          - relativeTime: 700
            content: The sum takes the price of each item but never its quantity. The test is right, the code is wrong.
  - agentPlan:
      entries:
        - { content: Run the tests, priority: high, status: completed }
        - { content: Mend what they show, priority: high, status: in_progress }
        - { content: Run the tests again, priority: medium, status: pending }
  - baseTimeDelta: 300
  - agentEdits:
      path: src/cart.js
      oldText: sum + item.price,
      newText: sum + item.price * item.quantity,
      description: Charge every piece of an item
  - baseTimeDelta: 200
  - agentEdits:
      path: CHANGELOG.md
      oldText: |
        # Changelog
      newText: |
        # Changelog

        ## Unreleased

        - Every piece of an item is charged.
      description: Note the correction
  - baseTimeDelta: 400
  - agentToolUse:
      toolName: runCmd
      args: { cmd: [node, --test] }
      toolExecution:
        startTimeMs: 100
        events:
          - { type: stdout, timeMs: 400, content: ✔ an empty cart costs nothing }
          - { type: stdout, timeMs: 450, content: ✔ every piece of an item is charged }
          - { type: stdout, timeMs: 500, content: ✔ cents are written as people write them }
          - { type: stdout, timeMs: 600, content: ℹ tests 3 }
          - { type: stdout, timeMs: 600, content: ℹ pass 3 }
          - { type: stdout, timeMs: 600, content: ℹ fail 0 }
          - { type: completion, timeMs: 700, exitCode: 0 }
  - agentPlan:
      entries:
        - { content: Run the tests, priority: high, status: completed }
        - { content: Mend what they show, priority: high, status: completed }
        - { content: Run the tests again, priority: medium, status: completed }
  - llmResponse:
      - assistant:
          - relativeTime: 400
            content: All tests pass. The cart now charges the quantity of every item, and the changelog says so.
  - complete: true
`;
