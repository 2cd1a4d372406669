import type { Metrics } from './exposition.ts';

/** What a server does now, in numbers: seconds and bytes. What it does not count is absent. */
export const summarize = (metrics: Metrics, nowSeconds: number) => {
  const startedAt = metrics.value('agent_harbor_start_time_seconds');
  return {
    uptimeSeconds: startedAt === undefined ? undefined : Math.max(0, Math.round(nowSeconds - startedAt)),
    sessions: {
      ...metrics.by('agent_harbor_sessions', 'status'),
      ...metrics.by('agent_harbor_sessions_ended_total', 'status'),
    },
    places: {
      taken: metrics.value('agent_harbor_sessions_running'),
      limit: metrics.value('agent_harbor_sessions_limit'),
      waiting: metrics.value('agent_harbor_queue_length'),
    },
    approvalsWaiting: metrics.value('agent_harbor_approvals_waiting'),
    subscribers: {
      open: metrics.value('agent_harbor_subscribers'),
      ...metrics.by('agent_harbor_subscribers_reading', 'from'),
    },
    requestsInFlight: metrics.value('agent_harbor_http_requests_in_flight'),
    events: {
      appended: metrics.value('agent_harbor_events_appended_total'),
      commitLagSeconds: metrics.quantile('agent_harbor_event_commit_lag_seconds', 0.99),
      deliveryLagSeconds: metrics.quantile('agent_harbor_event_delivery_lag_seconds', 0.99),
    },
    commits: {
      perTransaction: metrics.mean('agent_harbor_transaction_commits'),
      transactionSeconds: metrics.quantile('agent_harbor_transaction_duration_seconds', 0.99),
      fsyncSeconds: metrics.quantile('agent_harbor_fsync_duration_seconds', 0.99),
    },
    eventLoopDelaySeconds: {
      p99: metrics.value('agent_harbor_event_loop_delay_seconds', { quantile: '0.99' }),
      longest: metrics.value('agent_harbor_event_loop_delay_seconds', { quantile: '1' }),
    },
    database: {
      bytes: metrics.value('agent_harbor_database_bytes', { file: 'database' }),
      walBytes: metrics.value('agent_harbor_database_bytes', { file: 'wal' }),
    },
    journalBacklogBytes: metrics.value('agent_harbor_journal_backlog_bytes'),
    recorders: metrics.value('agent_harbor_journals_followed'),
    disk: {
      freeBytes: metrics.value('agent_harbor_disk_free_bytes'),
      reserveBytes: metrics.value('agent_harbor_disk_reserve_bytes'),
      isFull: flag(metrics.value('agent_harbor_disk_full')),
      isFailing: flag(metrics.value('agent_harbor_disk_failing')),
    },
    prunedEvents: metrics.value('agent_harbor_events_pruned_total'),
    lastBackupAt: timeOf(metrics.value('agent_harbor_last_backup_time_seconds')),
  };
};

/** What a server does now. */
export type Summary = ReturnType<typeof summarize>;

const flag = (value: number | undefined): boolean | undefined =>
  value === undefined ? undefined : value > 0;

const timeOf = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
