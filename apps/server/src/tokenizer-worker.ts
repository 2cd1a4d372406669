import { parentPort } from 'node:worker_threads';
import { countTokens, setMergeCacheSize } from 'gpt-tokenizer/encoding/o200k_base';

// It would keep 100,000 words of whoever was counted, and with each the text it was cut from.
setMergeCacheSize(0);
// What looks like a special token was said or read as text.
const asText = { disallowedSpecial: new Set<string>() };

// The thread of `tokenizer.ts`: it gets texts and answers each with its tokens, in their order. The first word says that
// the table is there.
parentPort?.on('message', (text: string) => parentPort?.postMessage(countTokens(text, asText)));
parentPort?.postMessage(0);
