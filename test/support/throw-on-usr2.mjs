// Loaded before the service in a test: makes something fail where nothing catches it.
process.on('SIGUSR2', () => {
  throw new Error('thrown by a test');
});
