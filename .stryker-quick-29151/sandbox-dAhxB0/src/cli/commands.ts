import { checkProfileCommand } from './check-profile.js';
import type { Command } from './command.js';
import { countersCommand } from './counters-command.js';
import { decodeCommand } from './decode.js';
import { demoCommand } from './demo.js';
import { doctorCommand, scanCommand } from './doctor.js';
import { explainCommand } from './explain.js';
import { listenCommand } from './listen.js';
import { readCommand } from './read.js';
import { samplesCommand } from './samples.js';
import { simulateCommand } from './simulate.js';
import { translateCommand } from './translate.js';
import { vectorsCommand } from './vectors.js';

/** In the order of the help. */
export const commands: readonly Command[] = [
  decodeCommand,
  explainCommand,
  translateCommand,
  readCommand,
  listenCommand,
  countersCommand,
  simulateCommand,
  doctorCommand,
  scanCommand,
  checkProfileCommand,
  vectorsCommand,
  samplesCommand,
  demoCommand,
];
