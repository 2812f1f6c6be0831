"""The leading singular vectors of a Jacobian that is only known by its products.

:func:`local_basis` is a block Krylov method on J^T J with full re-orthogonalisation (block Golub-Kahan; Rayleigh-Ritz
in fp64).  It keeps J Q and J^T J Q of every vector it ever multiplied, so residuals cost no product, u_i and v_i match
by construction, and it stops on the residuals of k + p vectors: the p guards are what makes it likely that no vector
was missed, since a small residual alone proves a singular vector, not that it is among the k largest.

:mod:`tapehead.analysis.diffusion.pullback.published_iteration` is the loop that others published, for comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from tapehead.analysis.errors import UsageError
from tapehead.analysis.model_files import ModelError

if TYPE_CHECKING:
    from torch import Tensor

WIDEST_BLOCK = 8
"""Vectors per step if more than so many are asked for: wider blocks need more products, narrower ones batch badly."""
NARROW = 2
"""Up to so many vectors are sought with a block of one: fewest products, and each is cheap alone."""
LOOSE = 0.1
"""Residual that guards of so few vectors have to reach: more would cost more than the vectors that were asked for."""
UNLIKE = 0.3
"""Noise beside a start of unit rows that is folded into one: what the rows lack, the guards find through it."""
KEPT = 160
"""Vectors that are kept at least before a restart."""
FLOOR = 1e-3
"""Residuals are relative to sigma_i^2, or to (FLOOR sigma_1)^2 if that is larger: zeros cannot be met relatively."""


class Operator(Protocol):
    """What is asked of a Jacobian (M, D) here; :class:`tapehead.analysis.diffusion.pullback.jacobian.Jacobian` has
    it."""

    columns: int
    rows: int
    shape: tuple[int, ...]
    t: int
    prompt: str | None
    layer: str
    n_jvp: int
    n_vjp: int
    device: Any

    def apply(self, v: Tensor) -> Tensor:
        """J v of rows."""

    def transpose(self, u: Tensor) -> Tensor:
        """J^T u of rows."""

    def dense(self) -> Tensor:
        """The matrix."""


@dataclass(frozen=True, eq=False)
class LocalBasis:
    """The k leading singular triplets of a Jacobian: J v_i = sigma_i u_i, J^T u_i = sigma_i v_i.

    Attributes:
        u: rows (k, M), directions in h, orthonormal (not of the published iteration).
        sigma: (k,), descending.
        v: rows (k, D), directions in x_t, orthonormal; the largest entry of each is positive.
        residuals: |J^T J v_i - sigma_i^2 v_i| / sigma_i^2 (k,).
        gap: sigma_{k+1} / sigma_k; near 1 the last directions are a matter of chance, 0 if nothing is left.
        n_jvp, n_vjp: products it took, guards included.
        converged: whether k + guard residuals came below the tolerance.
        adjoint_error: how far <J a, J b> and <a, J^T J b> are apart, relative; tiny if both products are of one matrix.
        t, prompt, layer, shape: of the Jacobian; ``shape`` of x_t.
        seed, block, guard: of the iteration.
    """

    u: Tensor
    sigma: Tensor
    v: Tensor
    residuals: Tensor
    gap: float
    n_jvp: int
    n_vjp: int
    converged: bool
    adjoint_error: float
    t: int
    prompt: str | None
    layer: str
    shape: tuple[int, ...]
    seed: int
    block: int
    guard: int

    @property
    def products(self) -> int:
        """J v and J^T u together."""
        return self.n_jvp + self.n_vjp


def local_basis(
    jacobian: Operator,
    k: int,
    *,
    tolerance: float = 1e-3,
    start: Tensor | None = None,
    seed: int = 0,
    budget: int = 6000,
    block: int | None = None,
    guard: int | None = None,
    guard_tolerance: float | None = None,
) -> LocalBasis:
    """The k leading singular triplets, by block Krylov.

    Args:
        k: how many.
        tolerance: largest relative residual of the first k + guard vectors at which it stops.  Above 1e-2 the right
            vectors may well be missed.
        start: rows (n, D) to begin with, such as v of the time or frame before; else seeded noise.  Where the block is
            one vector, one begins: their sum, with some noise.  (Multiplied one by one they would leave nothing for
            the guards to grow from: on puppet-32 at k = 2 that takes more products than no start at all.)
        seed: of that noise.
        budget: products after which it stops with ``converged=False``.
        block: vectors per step; by default one for k up to 2, else k up to 8.
        guard: further vectors that must converge too; max(3, k / 10) by default.
        guard_tolerance: of the guards' residuals; ``tolerance`` by default, and 0.1 for k up to 2.  Their values err by
            the square of it, and the values are what the order of the vectors hangs on, so a looser one still guards.

    Raises:
        UsageError: a k larger than the space, a start of another length, a budget that does not pay for one step.
        ModelError: a product that is not finite.
    """
    rank = checked_count(jacobian, k)
    if start is not None and (start.ndim != 2 or start.shape[1] != jacobian.columns or not len(start)):
        raise UsageError(f"a start is rows (n, {jacobian.columns}), n at least 1; this is {tuple(start.shape)}")
    guard = min(max(3, k // 10) if guard is None else guard, rank - k)
    block = (1 if k <= NARROW else min(k, WIDEST_BLOCK)) if block is None else block
    wanted = k + guard
    if block < 1 or guard < 0 or not 0 < tolerance < 1:
        raise UsageError(f"block 1 or more, guard 0 or more, tolerance in (0, 1); got {block}, {guard}, {tolerance}")
    if guard_tolerance is None:
        guard_tolerance = max(LOOSE, tolerance) if k <= NARROW else tolerance
    limits = [tolerance] * k + [guard_tolerance] * guard
    jvp, vjp = jacobian.n_jvp, jacobian.n_vjp
    space = _Space(jacobian, seed)
    x = space.new(_folded(start, seed) if start is not None and block == 1 else start, block)
    space.wide = len(x) > block
    if 2 * len(x) > budget:
        raise UsageError(f"a budget of {budget} products does not pay for one step of {len(x)} vectors ({2 * len(x)})")
    while True:
        space.append(x)
        full = len(space.q) >= jacobian.columns
        last = jacobian.n_jvp - jvp + jacobian.n_vjp - vjp + 2 * block > budget
        if len(space.q) < wanted and not (full or last or space.wide):
            x = space.next(None, None, block)
            continue
        squares, z = space.ritz()
        found = min(wanted, len(z))
        converged = full or (found == wanted and space.settled(squares, z, limits))
        if converged or last:
            break
        x = space.next(squares, z[:found], block)
        if len(space.q) + block > max(KEPT, 4 * wanted):
            space.restart(z[: wanted + block])
    if found < k:
        raise UsageError(
            f"a budget of {budget} products is too small for {k} directions; {found} vectors were multiplied"
        )
    residuals = space.residuals(squares, z, 0, found)
    sigma, u, v = space.triplets(z[: k + 1])
    u, v = with_signs(u[:k], v[:k])
    return LocalBasis(
        u.float(),
        sigma[:k].float(),
        v.float(),
        residuals[:k].float(),
        float(sigma[k] / sigma[k - 1]) if len(sigma) > k and sigma[k - 1] > 0 else 0.0,
        jacobian.n_jvp - jvp,
        jacobian.n_vjp - vjp,
        converged,
        space.adjoint_error,
        **place_of(jacobian),
        seed=seed,
        block=block,
        guard=guard,
    )


class _Space:
    """Orthonormal rows Q (m, D) with J Q (m, M) and J^T J Q (m, D), all fp64."""

    def __init__(self, jacobian: Operator, seed: int) -> None:
        import torch

        self.jacobian = jacobian
        self.draw = torch.Generator().manual_seed(seed)
        # MPS has no fp64.
        self.device = torch.device("cpu") if jacobian.device.type == "mps" else jacobian.device
        self.size = 0
        widths = (jacobian.columns, jacobian.rows, jacobian.columns)
        self._kept = [torch.zeros(64, width, dtype=torch.float64, device=self.device) for width in widths]
        self.gram = self._kept[0].new_zeros(0, 0)
        self.adjoint_error = 0.0
        self.last, self.wide = 0, False

    @property
    def q(self) -> Tensor:
        """Q (m, D)."""
        return self._kept[0][: self.size]

    @property
    def there(self) -> Tensor:
        """J Q (m, M)."""
        return self._kept[1][: self.size]

    @property
    def back(self) -> Tensor:
        """J^T J Q (m, D)."""
        return self._kept[2][: self.size]

    def _keep(self, first: int, *rows: Tensor) -> None:
        """Write rows of all three from ``first`` on; what comes later is forgotten."""
        last = first + len(rows[0])
        for i, given in enumerate(rows):
            if last > len(self._kept[i]):
                wider = self._kept[i].new_zeros(max(last, 2 * len(self._kept[i])), given.shape[1])
                wider[:first] = self._kept[i][:first]
                self._kept[i] = wider
            self._kept[i][first:last] = given
        self.size = last

    def append(self, x: Tensor) -> None:
        """Multiply new rows, which are orthonormal and orthogonal to Q."""
        import torch

        # Kept as it is multiplied, in fp32: 1e-8 of orthogonality for products that belong to their rows.
        x = x.float().double()
        there = self.jacobian.apply(x.to(self.jacobian.device, torch.float32))
        back = self.jacobian.transpose(there).to(self.device, torch.float64)
        there = there.to(self.device, torch.float64)
        if not bool(torch.isfinite(back).all() and torch.isfinite(there).all()):
            raise ModelError(f"a product of the Jacobian at t={self.jacobian.t} holds numbers that are not finite")
        self._keep(self.size, x, there, back)
        new = there @ self.there.T
        m = len(self.q)
        gram = self.gram.new_zeros(m, m)
        gram[: len(self.gram), : len(self.gram)] = self.gram
        gram[-len(x) :], gram[:, -len(x) :] = new, new.T
        self.gram, self.last = gram, len(x)
        # <J a, J b> = <a, J^T J b> for all pairs at hand: the adjoint check, without a product of its own.
        scale = float(there.norm(dim=1).max()) ** 2
        if scale > 0:
            apart = float((x @ back.T - there @ there.T).abs().max())
            self.adjoint_error = max(self.adjoint_error, apart / scale)

    def ritz(self) -> tuple[Tensor, Tensor]:
        """Ritz values sigma^2 (m,), descending, and their weights, rows (m, m)."""
        import torch

        values, weights = torch.linalg.eigh(self.gram)
        return values.flip(0).clamp(min=0), weights.flip(1).T.contiguous()

    def settled(self, squares: Tensor, z: Tensor, limits: list[float]) -> bool:
        """Whether the leading ones have residuals within their limits; the last ones, mostly late, say no fast."""
        late, count = max(0, len(limits) - WIDEST_BLOCK), len(limits)
        return all(
            bool((self.residuals(squares, z, *part) <= squares.new_tensor(limits[slice(*part)])).all())
            for part in ((late, count), (0, late))
        )

    def residuals(self, squares: Tensor, z: Tensor, first: int, last: int) -> Tensor:
        """|J^T J v - sigma^2 v| / sigma^2 of some Ritz vectors, from what is kept."""
        part = slice(first, last)
        return relative_residuals(z[part] @ self.back, squares[part], z[part] @ self.q, float(squares[0]))

    def next(self, squares: Tensor | None, z: Tensor | None, block: int) -> Tensor:
        """The next rows: what J^T J makes of the last block and is not in Q yet.

        After a start that was wider than a block there are more such directions than a block holds.  Then it is the
        ``block`` of them in which the wanted vectors err most, relative to sigma^2.
        """
        import torch

        if squares is None or z is None or not self.wide:
            return self.new(self.back[-self.last :], block)
        scale = squares[: len(z)].clamp(min=float(squares[0]) * FLOOR**2 or 1.0)[:, None]
        off = z @ self.back / scale - (squares[: len(z), None] / scale) * (z @ self.q)
        _, weights = torch.linalg.eigh(off @ off.T)
        return self.new(weights.flip(1).T[:block] @ off, block)

    def new(self, rows: Tensor | None, block: int) -> Tensor:
        """``rows`` made orthonormal and orthogonal to Q; noise where they are fewer than ``block`` or collapse."""
        import torch

        room = self.jacobian.columns - len(self.q)
        given = self.q.new_zeros(0, self.jacobian.columns) if rows is None else rows.to(self.device, torch.float64)
        given = given[:room]
        count = min(max(len(given), block), room)
        for _ in range(3):
            lengths = given.norm(dim=1)
            if len(given) < count:
                noise = torch.randn(count - len(given), self.jacobian.columns, generator=self.draw, dtype=torch.float64)
                given = torch.cat([given, noise.to(self.device)])
                lengths = given.norm(dim=1)
            given = given / torch.where(lengths > 0, lengths, 1)[:, None]
            for _ in range(2):
                given = given - (given @ self.q.T) @ self.q
            q, r = torch.linalg.qr(given.T)
            good = r.diagonal().abs() > 1e-6
            given = q.T[good]
            given = given - (given @ self.q.T) @ self.q
            if len(given) == count:
                break
        return torch.linalg.qr(given.T)[0].T

    def restart(self, z: Tensor) -> None:
        """Keep the leading Ritz vectors only."""
        self._keep(0, z @ self.q, z @ self.there, z @ self.back)
        self.gram = self.there @ self.there.T

    def triplets(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """sigma, u, v of the Ritz vectors with weights ``z``: thin SVD of J on their span, in fp64."""
        import torch

        left, sigma, right = torch.linalg.svd(z @ self.there, full_matrices=False)
        return sigma, right, left.T @ (z @ self.q)


def exact_basis(jacobian: Operator, k: int) -> LocalBasis:
    """The k leading singular triplets from the whole matrix: for models whose Jacobian fits into memory.

    Raises:
        UsageError: a k larger than the space.
    """
    import torch

    rank = checked_count(jacobian, k)
    jvp, vjp = jacobian.n_jvp, jacobian.n_vjp
    matrix = jacobian.dense().double()
    left, sigma, right = torch.linalg.svd(matrix, full_matrices=False)
    u, v = with_signs(left.T[:k], right[:k])
    residuals = relative_residuals((v @ matrix.T) @ matrix, sigma[:k] ** 2, v, float(sigma[0]) ** 2)
    spent = jacobian.n_jvp - jvp, jacobian.n_vjp - vjp
    return LocalBasis(
        u.float(),
        sigma[:k].float(),
        v.float(),
        residuals.float(),
        float(sigma[k] / sigma[k - 1]) if k < rank and sigma[k - 1] > 0 else 0.0,
        *spent,
        True,
        0.0,
        **place_of(jacobian),
        seed=0,
        block=rank,
        guard=rank - k,
    )


def align(basis: LocalBasis, previous: LocalBasis) -> LocalBasis:
    """``basis`` with the signs that turn each direction as little as possible from ``previous``: no flicker in films.

    Each direction is compared with the one of ``previous`` that it resembles most, which need not have its rank.

    Raises:
        UsageError: bases of different spaces.
    """
    import torch

    if basis.v.shape[1] != previous.v.shape[1]:
        raise UsageError(
            f"a basis of {basis.v.shape[1]} dimensions cannot be aligned with one of {previous.v.shape[1]}"
        )
    overlap = basis.v @ previous.v.to(basis.v.device).T
    signs = torch.sign(overlap.gather(1, overlap.abs().argmax(1, keepdim=True)))
    signs = torch.where(signs == 0, torch.ones_like(signs), signs)
    return replace(basis, u=basis.u * signs, v=basis.v * signs)


def _folded(start: Tensor, seed: int) -> Tensor:
    """Rows (n, D) as one (1, D): the sum of unit rows, with noise."""
    import torch

    if len(start) == 1:
        return start
    noise = torch.randn(1, start.shape[1], generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    unit = torch.nn.functional.normalize(start.double().cpu())
    return unit.sum(0, keepdim=True) + UNLIKE * noise / noise.norm()


def checked_count(jacobian: Operator, k: int) -> int:
    """The largest rank that the Jacobian can have, after a look at ``k``."""
    rank = min(jacobian.columns, jacobian.rows)
    if not 1 <= k <= rank:
        raise UsageError(
            f"{k} directions were asked for; the Jacobian is {jacobian.rows} x {jacobian.columns}, "
            f"so there are 1 to {rank}"
        )
    return rank


def relative_residuals(image: Tensor, squares: Tensor, v: Tensor, largest: float) -> Tensor:
    """|J^T J v - sigma^2 v| / sigma^2, or over (FLOOR sigma_1)^2 (``largest``: sigma_1^2)."""
    floor = largest * FLOOR**2 or 1.0
    return (image - squares[:, None] * v).norm(dim=1) / squares.clamp(min=floor)


def with_signs(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Signs that make the largest entry of each v positive."""
    import torch

    signs = torch.sign(v.gather(1, v.abs().argmax(1, keepdim=True)))
    return u * signs, v * signs


def place_of(jacobian: Operator) -> dict[str, Any]:
    """Where and of what a Jacobian is, for a :class:`LocalBasis`."""
    return {"t": jacobian.t, "prompt": jacobian.prompt, "layer": jacobian.layer, "shape": tuple(jacobian.shape)}
