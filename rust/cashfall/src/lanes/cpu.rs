//! Which vectors to run with, and the doors into code compiled for them.

#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512};
use super::{Baseline, Lanes};

/// A set of CPU features that the kernels are compiled for. The choice changes no bit of any result.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum Cpu {
    /// AVX-512 (F, DQ, VL).
    Avx512,
    /// AVX2 with FMA.
    Avx2,
    /// What every CPU of the target has.
    Baseline,
}

impl Cpu {
    /// Every choice, the widest first.
    pub const ALL: [Cpu; 3] = [Cpu::Avx512, Cpu::Avx2, Cpu::Baseline];

    /// The widest choice that this machine can run.
    pub fn detect() -> Cpu {
        Cpu::available()[0]
    }

    /// The choices that this machine can run, the widest first.
    pub fn available() -> Vec<Cpu> {
        Cpu::ALL.into_iter().filter(|cpu| cpu.is_available()).collect()
    }

    /// Whether this machine can run it.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Cpu::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Cpu::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(not(target_arch = "x86_64"))]
            Cpu::Avx512 | Cpu::Avx2 => false,
            Cpu::Baseline => true,
        }
    }

    /// The name of the choice: `avx512`, `avx2` or `baseline`.
    pub fn name(self) -> &'static str {
        match self {
            Cpu::Avx512 => "avx512",
            Cpu::Avx2 => "avx2",
            Cpu::Baseline => "baseline",
        }
    }

    /// The choice of that name, whether or not this machine can run it.
    pub fn from_name(name: &str) -> Option<Cpu> {
        Cpu::ALL.into_iter().find(|cpu| cpu.name() == name)
    }
}

/// A piece of work written once over [`Lanes`], for [`dispatch`] to run on a chosen CPU.
pub trait Kernel {
    /// What the work returns.
    type Output;

    /// Does the work. Implementations must be `#[inline(always)]`, and so must whatever they call on lanes: only then is
    /// it compiled for the vector's features.
    ///
    /// # Safety
    ///
    /// The CPU must have the features of `V`.
    unsafe fn run<V: Lanes>(self) -> Self::Output;
}

/// Runs a kernel compiled for `cpu`.
///
/// # Panics
///
/// If this machine cannot run `cpu`.
pub fn dispatch<K: Kernel>(cpu: Cpu, kernel: K) -> K::Output {
    assert!(cpu.is_available(), "this machine cannot run {}", cpu.name());
    match cpu {
        // SAFETY: the features were just found on this machine.
        #[cfg(target_arch = "x86_64")]
        Cpu::Avx512 => unsafe { run_avx512(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Cpu::Avx2 => unsafe { run_avx2(kernel) },
        // SAFETY: `Baseline` needs no features.
        _ => unsafe { kernel.run::<Baseline>() },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,fma")]
unsafe fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function's features are those of `Avx512`.
    unsafe { kernel.run::<Avx512>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function's features are those of `Avx2`.
    unsafe { kernel.run::<Avx2>() }
}
