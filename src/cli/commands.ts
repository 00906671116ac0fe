import type { Command } from './command.js';
import { decodeCommand } from './decode.js';
import { readCommand } from './read.js';
import { simulateCommand } from './simulate.js';
import { vectorsCommand } from './vectors.js';

/** In the order of the help. */
export const commands: readonly Command[] = [decodeCommand, readCommand, simulateCommand, vectorsCommand];
