// Loaded into the service before everything else: its wall clock goes ahead or behind.
const skewMs = 1000 * Number(process.env.CLOCK_SKEW_SECONDS);
const now = Date.now;
Date.now = () => now() + skewMs;
