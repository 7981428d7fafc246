//! Frames on the kernel's stacks: each holds where its function returns to and where the
//! frame of its caller is. Everything is compiled with frame pointers.
//!
//! Source: RISC-V ABIs, "Frame Pointer Convention".

use core::arch::asm;

/// Kernel stacks are the upper halves of places of this size.
const STACK_PLACE: usize = 0x8000;

/// The addresses that the functions under way return to, the innermost first; ends where a
/// stack begins, or does not look like one.
#[inline(always)]
pub fn return_addresses() -> impl Iterator<Item = usize> {
    let frame: usize;
    // SAFETY: only looks at the register.
    unsafe { asm!("mv {}, s0", out(reg) frame, options(nomem, nostack)) };
    let mut frame = frame;
    core::iter::from_fn(move || {
        let is_in_stack = frame.is_multiple_of(8)
            && frame > STACK_PLACE
            && (frame - 1) % STACK_PLACE >= STACK_PLACE / 2 + 16;
        if !is_in_stack {
            return None;
        }
        // SAFETY: these words are on the stack that we run on, above where we are: the
        // register only ever pointed up the same stack, and the check keeps it there.
        let (caller, address) = unsafe {
            let words = core::ptr::with_exposed_provenance::<usize>(frame);
            (words.sub(2).read(), words.sub(1).read())
        };
        let is_same_stack = caller > frame && caller - frame < STACK_PLACE / 2;
        frame = if is_same_stack { caller } else { 0 };
        Some(address)
    })
}
