/** A listener that fails must not affect what it is told about; what it throws is ignored. */
export const undisturbed =
  <A extends unknown[]>(report: (...about: A) => void): ((...about: A) => void) =>
  (...about) => {
    try {
      report(...about);
    } catch {}
  };
