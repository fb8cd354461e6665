# SPDX-License-Identifier: MIT
"""Repeat the training of a point file with PyTorch in float64.

Takes the initial point, the data, the order of the batches and the rules from
the file, steps with torch.optim, and compares every logged number and the
final weights. Of a training in phases it is the last one that is repeated, from
where it began: its are the data and the rules of the file. Of those before it
follows with what norm it began.
"""
import numpy as np
import torch

from . import plain
from .pytorch import NotAPoint, Point, norm, relative
from .pytorch_full import MOST_PARAMETERS, hessian_at

OF_HESSIAN = ("sharpness", "trace_over_norm", "positive_fraction")
# What a training is repeated from, and so is not itself compared.
GIVEN = ("initial_theta", "phase_theta", "step", "batch_order", "augmentation",
         "directions", "sharpness_residual")


def change_image(image, is_flipped, down, right):
    """Turned left to right or not, then moved; zeros move in."""
    if is_flipped:
        image = image.flip(-1)
    height, width = image.shape[-2:]
    moved = torch.zeros_like(image)
    moved[..., max(down, 0):height + min(down, 0),
          max(right, 0):width + min(right, 0)] = image[
              ..., max(-down, 0):height + min(-down, 0),
              max(-right, 0):width + min(-right, 0)]
    return moved


def cosine(a, b):
    return ((a / norm(a)) @ (b / norm(b))).item()


class Training:
    """The /train group of a point file, and PyTorch's version of it."""

    def __init__(self, path):
        self.point = Point(path)
        with plain.opened(path, NotAPoint) as file:
            group = file["train"]
            self.rules = dict(group.attrs)
            earlier = group.get("earlier")
            self.before = int(earlier["final_step"][-1]) if earlier else 0
            self.norms = earlier["final_weight_norm"][()] if earlier else []
            self.file = {name: group[name][()] for name in group
                         if name != "earlier"}
        self.initial = torch.tensor(self.file["initial_theta"])
        self.start = torch.tensor(
            self.file.get("phase_theta", self.file["initial_theta"]))
        # entries of phases before
        self.skipped = int(np.sum(self.file["step"] <= self.before)
                           ) if len(self.norms) else 0
        self.n_steps = int(self.rules["steps"])

    def rule(self, name, fallback):
        """Of a file from before there was a choice: what there was."""
        return float(self.rules.get(name, fallback))

    def optimizer(self, theta):
        kind = self.rules["optimizer"]
        given = {"lr": float(self.rules["learning_rate"]),
                 "weight_decay": float(self.rules["weight_decay"])}
        if kind in ("adam", "adamw"):
            make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
            return make([theta], betas=(self.rule("beta_1", 0.9),
                                        self.rule("beta_2", 0.999)),
                        eps=self.rule("epsilon", 1e-8), **given)
        if kind == "rmsprop":
            return torch.optim.RMSprop([theta], alpha=self.rule("smoothing", 0),
                                       eps=self.rule("epsilon", 0), **given)
        has_momentum = kind in ("momentum", "nesterov")
        return torch.optim.SGD(
            [theta], nesterov=kind == "nesterov",
            momentum=float(self.rules["momentum"]) if has_momentum else 0.0,
            **given)

    def schedule(self, optimizer):
        """PyTorch's schedulers, one after another."""
        schedulers = torch.optim.lr_scheduler
        warmup = int(self.rule("warmup", 0))
        left = max(self.n_steps - warmup, 1)
        floor = self.rule("decay_floor", 0.0)
        kind = str(self.rules.get("decay", "none"))
        if kind == "linear":
            then = schedulers.LinearLR(optimizer, 1.0, floor, left)
        elif kind == "cosine":
            then = schedulers.CosineAnnealingLR(
                optimizer, left, floor * optimizer.defaults["lr"])
        elif kind == "step":
            then = schedulers.StepLR(optimizer, int(self.rule("decay_every", 1)),
                                     self.rule("decay_factor", 1.0))
        else:
            then = schedulers.ConstantLR(optimizer, 1.0, 1)
        if warmup == 0:
            return then
        rise = schedulers.LinearLR(optimizer, 1.0 / warmup, 1.0,
                                   max(warmup - 1, 1))
        return schedulers.SequentialLR(optimizer, [rise, then], [warmup])

    def batch(self, step):
        x, y = self.point.train
        if "batch_order" not in self.file:
            return self.augmented(x, range(len(x)), step), y
        size = int(self.rules["batch"])
        per_epoch = -(-len(x) // size)
        first = step % per_epoch * size
        order = self.file["batch_order"][step // per_epoch].astype(int)
        taken = order[first:first + size]
        return self.augmented(x[taken], taken, step // per_epoch), y[taken]

    def augmented(self, x, indices, epoch):
        """Images turned and moved as the file says of these samples."""
        if "augmentation" not in self.file:
            return x
        changes = self.file["augmentation"][epoch].astype(int)[indices]
        return torch.stack([change_image(image, *change)
                            for image, change in zip(x, changes)])

    def observe(self, theta):
        point = self.point
        free = theta.detach().clone().requires_grad_()
        loss = point.loss(point.train, free)
        gradient = torch.autograd.grad(loss, free)[0]
        u, log_p, p = point.predictions(point.train, theta)
        test_u = point.predictions(point.test, theta)[0]
        accuracies = {
            "accuracy": (u.argmax(1) == point.train[1]).double().mean().item(),
            "test_accuracy":
                (test_u.argmax(1) == point.test[1]).double().mean().item(),
        } if point.has_classes else {}
        found = accuracies | {"zero_logits": (u == 0).double().mean().item()}
        size = norm(theta).item()
        if not np.isfinite([loss.item(), size]).all():
            found = {name: np.nan for name in found}  # which is chance
        return found | {
            "loss": loss.item(),
            "test_loss": point.loss(point.test, theta).item(),
            "weight_norm": size,
            "gradient_norm": norm(gradient).item(),
            "cosine_to_init": cosine(theta, self.initial),
            "cosine_gradient": cosine(theta, gradient),
            "entropy": -(p * log_p).sum(1).mean().item(),
        }

    def left_out(self):
        """What of the file takes too much memory to recompute."""
        if len(self.start) <= MOST_PARAMETERS:
            return []
        return [name for name in OF_HESSIAN if name in self.file]

    def coordinates(self):
        """What the optimizer moves, and theta from it."""
        start = self.start
        if self.rules["constraint"] != "subspace":
            return start.clone(), lambda x: x
        rows = torch.tensor(self.file["directions"])
        if self.rules["constraint_surface"] == "plane":
            return (torch.zeros(len(rows), dtype=torch.float64),
                    lambda x: start + rows.T @ x)
        rows = torch.cat([start[None] / start.norm(), rows])
        x = torch.zeros(len(rows), dtype=torch.float64)
        x[0] = start.norm()
        return x, lambda x: rows.T @ x

    def curvature(self, theta):
        """What the file has of the Hessian, from all of it; sharpness is an
        eigenvalue that the file's residual should reach."""
        if self.left_out() or not set(OF_HESSIAN) & set(self.file):
            return {}
        hessian = hessian_at(self.point, theta)
        found = {"sharpness": torch.linalg.eigvalsh(hessian)[-1].item()}
        if self.point.directions is not None:
            v = self.point.directions
            m = v @ hessian @ v.T
            found["trace_over_norm"] = (m.trace() / m.norm()).item()
            found["positive_fraction"] = (
                torch.linalg.eigvalsh(m) > 0).double().mean().item()
        return found

    def sharpness_gap(self, exact):
        """How far the exact ones are beyond the file's residuals."""
        theirs = self.file["sharpness"][self.skipped:][:len(exact)]
        residual = self.file["sharpness_residual"][self.skipped:][:len(exact)]
        if not np.all(residual <= 1e-3 * np.abs(theirs)):
            return float("inf")
        beyond = np.abs(theirs - exact) - residual
        return float((np.maximum(beyond, 0.0) / np.abs(exact)).max())

    def walk(self):
        """Each step and the parameters before it; at last those at the end."""
        x, expand = self.coordinates()
        x.requires_grad_()
        optimizer = self.optimizer(x)
        schedule = self.schedule(optimizer)
        for step in range(self.n_steps + 1):
            yield step, expand(x).detach().clone()
            if step < self.n_steps:
                optimizer.zero_grad()
                self.point.loss(self.batch(step), expand(x)).backward()
                self.step(optimizer, x)
                schedule.step()

    def replay(self):
        """Logged numbers, the final weights, and those of logged steps."""
        wanted = {int(s) - self.before
                  for s in self.file["step"][self.skipped:]}
        log, thetas = [], []
        for step, here in self.walk():
            if step in wanted:
                log.append({**self.observe(here), **self.curvature(here)})
                thetas.append(here)
        return log, here, thetas

    @staticmethod
    def moment_steps(path):
        """Those after which curvature was measured."""
        with plain.opened(path, NotAPoint) as file:
            return file["moments/step"][()].astype(int).tolist()

    def moments(self, path):
        """Moments of the training at which curvature was measured."""
        steps = {step: i for i, step in enumerate(self.moment_steps(path))}
        for step, theta in self.walk():
            if step in steps:
                yield Point(path, steps[step], theta)

    def unreached(self, path):
        """Moments after the end of the training have no numbers: those that
        there are, infinitely different."""
        with plain.opened(path, NotAPoint) as file:
            moments = file["moments"]
            late = moments["step"][()] > self.n_steps
            return {f"{group}/{name}": float("inf")
                    for group in moments if group != "step"
                    for name, item in moments[group].items()
                    if np.isfinite(item[()][late]).any()}

    def best(self, log):
        """The entry that `goldilocks keys train.keep` calls the best."""
        name = ("loss" if len(self.point.test[0]) == 0 else "test_accuracy"
                if self.point.has_classes else "test_loss")
        values = np.array([entry[name] for entry in log])
        return int(np.argmax(np.nan_to_num(
            values if name == "test_accuracy" else -values, nan=-np.inf)))

    def step(self, optimizer, x):
        is_sphere = self.rules["constraint"] == "sphere" or (
            self.rules["constraint"] == "subspace" and
            self.rules["constraint_surface"] == "sphere")
        if is_sphere:
            along = x.grad @ x.detach() / (x.detach() ** 2).sum()
            x.grad -= along * x.detach()
        if self.rule("clip_norm", 0) > 0:
            torch.nn.utils.clip_grad_norm_([x], self.rule("clip_norm", 0))
        optimizer.step()
        if is_sphere:
            with torch.no_grad():
                x *= self.start.norm() / x.norm()

    def differences(self):
        log, final, thetas = self.replay()
        end = self.observe(final)
        ends = [("final_theta", final)]
        if not len(self.norms):  # the best one may be of any phase
            ends.append(("best_theta", thetas[self.best(log)]))
        found = {name: relative(self.file[name], theta.numpy())
                 for name, theta in ends if name in self.file}
        for name in log[0] if log else ():  # a phase may have none
            if name in self.file:
                theirs = self.file[name][self.skipped:][:len(log)]
                ours = np.array([entry[name] for entry in log])
                if name == "sharpness":
                    found[name] = self.sharpness_gap(ours)
                    continue
                found[name] = relative(theirs, ours, scale=1.0
                                       if name in ("cosine_gradient",)
                                       else None)
        moved = norm(final - self.initial) / norm(self.initial)
        ends = {f"final_{name}": value for name, value in end.items()}
        for name, value in (ends | {"weight_change": moved.item()}).items():
            if name in self.file:
                found[name] = relative(self.file[name], value)
        return found | self.of_phases(end)

    def of_phases(self, end):
        """Of a file with phases: how the last one ended, and that it began with
        the norm of one before."""
        if not len(self.norms):
            return {}
        end = end | {"step": self.before + self.n_steps}
        found = {f"phase_{name}": relative(self.file[f"phase_{name}"][-1], value)
                 for name, value in end.items() if f"phase_{name}" in self.file}
        return found | {"phase_theta": min(
            relative(each, norm(self.start).item()) for each in self.norms)}
