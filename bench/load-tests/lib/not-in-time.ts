/** Something that was promised did not come. The run fails by that, and the next question is asked all the same. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime'
}
