import fc from 'fast-check';

// Without a seed of its own, a property would try other values for every mutant.
fc.configureGlobal({ seed: 1 });
