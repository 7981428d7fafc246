//! The Mandelbrot set and a little n-body: arithmetic in double precision.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::program;

program!(main);

fn main(rounds: u64) -> u64 {
    let mut sum = 0;
    let mut body = [1.0, 0.0, 0.1, 0.9];
    for round in 0..rounds {
        sum += mandelbrot(-0.6 + f64::from(round as i32) * 1e-6);
        orbit(&mut body);
    }
    sum ^ body.iter().fold(0, |all, part| all ^ part.to_bits())
}

fn mandelbrot(centre: f64) -> u64 {
    let mut inside = 0;
    for row in 0..24 {
        for column in 0..24 {
            let (cx, cy) = (
                centre + f64::from(column - 12) / 10.0,
                f64::from(row - 12) / 10.0,
            );
            let (mut x, mut y, mut n) = (0.0, 0.0, 0);
            while x * x + y * y <= 4.0 && n < 50 {
                (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
                n += 1;
            }
            inside += n;
        }
    }
    inside
}

/// A body around a sun, in small steps.
fn orbit(body: &mut [f64; 4]) {
    const STEP: f64 = 1e-3;
    for _ in 0..100 {
        let [x, y, vx, vy] = *body;
        let square = x * x + y * y;
        let pull = STEP / (square * square.max(0.25));
        let (vx, vy) = (vx - x * pull, vy - y * pull);
        *body = [x + vx * STEP, y + vy * STEP, vx, vy];
    }
}
