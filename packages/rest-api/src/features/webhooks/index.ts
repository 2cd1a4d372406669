import { create } from './create.ts';
import { remove } from './delete.ts';
import { deliveries } from './deliveries.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { replay } from './replay.ts';
import { rotate } from './rotate.ts';
import { test } from './test-webhook.ts';
import { update } from './update.ts';

export const webhooks = { create, list, get, update, rotate, test, deliveries, replay, delete: remove };
