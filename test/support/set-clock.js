// The machine's clock for a server of a test's own, which loads this first: it shows CLOCK when the
// process starts, and goes on from there. Nothing in the program can tell.
const MachineDate = Date
const ahead = MachineDate.parse(process.env.CLOCK) - MachineDate.now()

globalThis.Date = class Date extends MachineDate {
  constructor(...given) {
    if (given.length > 0) super(...given)
    else super(MachineDate.now() + ahead)
  }

  static now() {
    return MachineDate.now() + ahead
  }
}
