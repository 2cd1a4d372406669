import { digest } from '../digest.ts';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from './sender.ts';

/** A sender that calls nobody: it keeps what it would have sent, as if every receiver had taken it. */
export interface RecordingSender extends WebhookSender {
  /** The newest last; the oldest go. */
  readonly requests: readonly WebhookRequest[];
}

const kept = 1_000;

/** For mocks. The secrets come from the seed: they are no secrets. `answer` plays the receivers. */
export const createRecordingSender = (
  seed: string,
  answer: (request: WebhookRequest) => WebhookAnswer = () => ({ kind: 'answered', status: 200 }),
): RecordingSender => {
  const requests: WebhookRequest[] = [];
  let made = 0;
  return {
    requests,
    refusal: (url) => (URL.canParse(url) ? undefined : 'cannot be read as a url'),
    newSecret: () => `whsec_${btoa(digest(`${seed} webhook ${++made}`))}`,
    async send(request) {
      requests.push(request);
      if (requests.length > kept) requests.shift();
      return answer(request);
    },
  };
};
