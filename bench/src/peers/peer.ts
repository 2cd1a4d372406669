/** What was measured of the peers, ready to be put into the report. */
export interface PeerReport {
  readonly markdown: string;
}
