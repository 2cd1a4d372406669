/** Pull requests on forges, as `core` asks for them. */
export { createForges, type ForgeKind, type ForgeOptions, type ForgePlace } from './create-forges.ts';
