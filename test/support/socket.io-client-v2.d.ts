// the client of older apps; it brings no types, and looks the same as far as the tests use it
declare module 'socket.io-client-v2' {
  const io: typeof import('socket.io-client').io;
  export default io;
}
