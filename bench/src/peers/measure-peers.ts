import type { Stage } from '../stage.ts';
import type { PeerReport } from './peer.ts';

export const measurePeers = async (_stage: Stage): Promise<PeerReport> => ({ markdown: '' });
