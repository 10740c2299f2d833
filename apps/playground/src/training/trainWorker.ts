/** The program of the workers that train. */
import { serveTraining } from 'cohort-rl/worker';

serveTraining();
