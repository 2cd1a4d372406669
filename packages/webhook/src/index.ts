export { networkOf } from './networks.ts';
export { createWebhookSender, type WebhookSenderOptions } from './sender.ts';
export { newSecret, type SignedParts, sign, signatureHeaders, type VerifyOptions, verify } from './sign.ts';
