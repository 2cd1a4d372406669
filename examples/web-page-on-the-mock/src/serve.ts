import { servePage } from './serve-page.ts';

const { origin } = await servePage(5173);
console.log(`The page is at ${origin}`);
