import { aboutRules } from './routes/about.ts';
import { bodyRules } from './routes/bodies.ts';
import { contentRules } from './routes/content.ts';
import { headerRules } from './routes/headers.ts';
import { parameterRules } from './routes/parameters.ts';
import { responseRules } from './routes/responses.ts';
import { roleRules } from './routes/roles.ts';
import { routeRules } from './routes/routes.ts';
import { securityRules } from './routes/security.ts';
import { webhookRules } from './routes/webhooks.ts';
import type { Rule } from './rule.ts';
import { boundRules } from './schema/bounds.ts';
import { componentRules } from './schema/compare.ts';
import { defaultRules } from './schema/defaults.ts';
import { enumRules } from './schema/enums.ts';
import { formatRules } from './schema/formats.ts';
import { memberRules } from './schema/members.ts';
import { typeRules } from './schema/types.ts';
import { unionRules } from './schema/unions.ts';
import { wordRules } from './words.ts';

/** Every rule there is, in the order people ask for them. */
export const rules: readonly Rule[] = [
  routeRules,
  parameterRules,
  bodyRules,
  contentRules,
  responseRules,
  headerRules,
  memberRules,
  typeRules,
  enumRules,
  formatRules,
  boundRules,
  unionRules,
  defaultRules,
  securityRules,
  roleRules,
  webhookRules,
  aboutRules,
  componentRules,
  wordRules,
].flatMap((family) => Object.values<Rule>(family));
