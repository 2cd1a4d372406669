import { input } from './input.ts';
import { pty } from './pty.ts';
import { resize } from './resize.ts';

export const terminal = { pty, input, resize };
